import { readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  currency,
  customerId,
  paymentToken,
  quantity,
  shipTo,
  sku,
  orderLine,
  ORDER_LINES_MAX,
} from '@murmuration/contracts';
import { DemoError } from './demo-error';

/** What must become of an order. `refused` is the answer of the orders service itself; `reason` is then the rejection. */
const expectation = z.strictObject({
  status: z.enum(['delivered', 'rejected', 'cancelled', 'needs-attention', 'refused']),
  reason: z.string().optional(),
  detail: z.string().optional(),
});

const demoOrder = z.strictObject({
  /** Unique in the file. */
  ref: z.string().min(1),
  customerId,
  currency,
  lines: z.array(orderLine).min(1).max(ORDER_LINES_MAX),
  shipTo,
  paymentToken,
  /** When the customer asks for cancellation: right after submitting, or once the parcel has left. */
  cancel: z.enum(['at-once', 'after-dispatch']).optional(),
  /** Send the same request a second time. */
  repeat: z.boolean().optional(),
  expect: expectation,
});
export type DemoOrder = z.infer<typeof demoOrder>;

const demoStock = z.strictObject({ sku, name: z.string().min(1), quantity });
export type DemoStock = z.infer<typeof demoStock>;

/** One line that names file, line and field. */
const unusable = (message: string): DemoError => new DemoError('file-unusable', message);

const parseJson = (text: string, where: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(`${where}: not JSON (${(error as Error).message})`);
  }
};

const readLines = <Row>(file: string, schema: z.ZodType<Row>, idOf: (row: Row) => string): readonly Row[] => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }
  const ids = new Map<string, number>();
  const rows = text.split('\n').flatMap((line, index): readonly Row[] => {
    if (line.trim() === '') return [];
    const where = `${file}:${index + 1}`;
    const parsed = schema.safeParse(parseJson(line, where));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw unusable(`${where}: ${issue?.path.join('.') || 'line'}: ${issue?.message ?? 'does not fit'}`);
    }
    const id = idOf(parsed.data);
    const former = ids.get(id);
    if (former !== undefined) throw unusable(`${where}: ${id} was used on line ${former} already`);
    ids.set(id, index + 1);
    return [parsed.data];
  });
  if (rows.length === 0) throw unusable(`${file} has no lines`);
  return rows;
};

/** Throws a `DemoError` (`file-unusable`) for a file that cannot be read, or has a line that is not an order. */
export const readOrders = (file: string): readonly DemoOrder[] => readLines(file, demoOrder, ({ ref }) => ref);
/** As `readOrders`, for stock. */
export const readStock = (file: string): readonly DemoStock[] => readLines(file, demoStock, (row) => row.sku);
