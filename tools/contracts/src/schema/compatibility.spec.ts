import { z } from 'zod';
import { differences } from './compatibility';
import { jsonSchemaOf } from './json-schema';

const shipped = z.object({
  orderId: z.string().min(1).max(64),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1).max(10) })).min(1),
  reason: z.enum(['late', 'lost']),
  note: z.string().optional(),
  total: z.number(),
});

const change = (shape: (typeof shipped)['shape'] | Record<string, z.ZodType>) =>
  differences(jsonSchemaOf(shipped), jsonSchemaOf(z.object(shape)));

const { shape } = shipped;
const { note: _note, ...withoutNote } = shape;
const { total: _total, ...withoutTotal } = shape;
const line = (fields: Record<string, z.ZodType>) => ({ ...shape, lines: z.array(z.object(fields)).min(1) });
const { sku, quantity } = shape.lines.element.shape;

describe('a schema of a shipped version', () => {
  it('is compatible with itself', () => {
    expect(change(shape)).toEqual([]);
  });

  it('may grow by optional fields, at any depth', () => {
    const grown = change({ ...line({ sku, quantity, gift: z.boolean().optional() }), color: z.string().optional() });
    expect(grown).toEqual([
      { at: 'lines[].gift', sentence: 'an optional field is added', compatible: true },
      { at: 'color', sentence: 'an optional field is added', compatible: true },
    ]);
  });

  it('may be described in other words', () => {
    expect(change({ ...shape, total: shape.total.describe('the sum').meta({ title: 'Total' }) })).toEqual([]);
  });

  it.each<[string, Record<string, z.ZodType>, string, string]>([
    ['lose a required field', withoutTotal, 'total', 'the required field is gone'],
    ['lose an optional field', withoutNote, 'note', 'the optional field is gone'],
    ['get a required field', { ...shape, weight: z.number() }, 'weight', 'a required field is added'],
    ['require what was optional', { ...shape, note: z.string() }, 'note', 'the optional field becomes required'],
    [
      'leave out what was required',
      { ...shape, total: z.number().optional() },
      'total',
      'the required field becomes optional',
    ],
    ['change a type', { ...shape, total: z.string() }, 'total', 'the type goes from number to string'],
    ['change a type to a narrower one', { ...shape, total: z.int() }, 'total', 'the type goes from number to integer'],
    ['know a new word', { ...shape, reason: z.enum(['late', 'lost', 'stolen']) }, 'reason', 'the word "stolen" is new'],
    ['forget a word', { ...shape, reason: z.enum(['late']) }, 'reason', 'the word "lost" is gone'],
    ['open a list of words', { ...shape, reason: z.string() }, 'reason', 'no closed list of words any more'],
    ['close a list of words', { ...shape, note: z.enum(['a']).optional() }, 'note', 'becomes a closed list of words'],
    ['allow longer texts', { ...shape, orderId: z.string().min(1).max(65) }, 'orderId', 'maxLength goes from 64 to 65'],
    ['allow any length', { ...shape, orderId: z.string().min(1) }, 'orderId', 'maxLength goes from 64 to none'],
    [
      'allow shorter texts only',
      { ...shape, orderId: z.string().min(1).max(63) },
      'orderId',
      'maxLength goes from 64 to 63',
    ],
    [
      'allow less than before',
      line({ sku, quantity: z.int().min(0).max(10) }),
      'lines[].quantity',
      'minimum goes from 1 to 0',
    ],
    [
      'want more than before',
      line({ sku, quantity: z.int().min(2).max(10) }),
      'lines[].quantity',
      'minimum goes from 1 to 2',
    ],
    ['allow an empty list', { ...shape, lines: z.array(shape.lines.element) }, 'lines', 'minItems goes from 1 to none'],
    ['want a pattern', { ...shape, note: z.string().regex(/^a/).optional() }, 'note', 'pattern goes from none to "^a"'],
    [
      'be one of several',
      { ...shape, total: z.union([z.number(), z.string()]) },
      'total',
      'the type goes from number to number or string',
    ],
  ])('may not %s', (_, changed, at, sentence) => {
    const found = change(changed);
    expect(found).toContainEqual(
      expect.objectContaining({ at, sentence: expect.stringContaining(sentence) as string, compatible: false }),
    );
  });

  it('may not refuse fields that it does not know', () => {
    const strict = differences(jsonSchemaOf(shipped), jsonSchemaOf(z.strictObject(shape)));
    expect(strict).toEqual([
      { at: '', sentence: expect.stringContaining('additionalProperties') as string, compatible: false },
    ]);
  });

  it('may not have other alternatives', () => {
    const [two, three] = [z.union([z.string(), z.int()]), z.union([z.string(), z.int(), z.boolean()])];
    expect(differences(jsonSchemaOf(two), jsonSchemaOf(three))).toHaveLength(1);
    expect(differences(jsonSchemaOf(three), jsonSchemaOf(two))).toHaveLength(1);
    expect(differences(jsonSchemaOf(two), jsonSchemaOf(z.union([z.string(), z.boolean()])))).toHaveLength(1);
  });
});
