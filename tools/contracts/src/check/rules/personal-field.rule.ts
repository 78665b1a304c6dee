import type { EventContract, Step } from '@murmuration/contracts';
import { jsonSchemaOf, type JsonSchema } from '../../schema/json-schema';
import { hearersOf, idOf, wordOf, type Choreography } from '../choreography';
import { placeOfEvent, type Finding, type Rule } from '../finding';

/** A field called so is personal even if nobody marked it; `.meta({ 'x-personal': false })` says that one is not. */
const PERSONAL_NAME =
  /e-?mail|phone|birth|iban|card|^(ship|bill|deliver)\w*to$|address|street|postal|zip|payment-?token|^(first|last|full|given|family)?-?name$/i;

const isPersonal = (name: string, schema: JsonSchema): boolean => {
  const mark = schema['x-personal'];
  if (mark !== undefined) return mark !== false;
  return (PERSONAL_NAME.test(name) && !isChoice(schema)) || hasPersonal(schema);
};

/** A closed list of words or a yes or no names nobody. */
const isChoice = (schema: JsonSchema): boolean =>
  schema.type === 'boolean' || schema.enum !== undefined || schema.const !== undefined;

const hasPersonal = ({ properties = {}, items, anyOf = [], oneOf = [] }: JsonSchema): boolean =>
  Object.entries(properties).some(([name, inner]) => isPersonal(name, inner)) ||
  [...(items === undefined ? [] : [items]), ...anyOf, ...oneOf].some(hasPersonal);

/** The fields of an event's payload that tell who a person is, or how to reach or charge them. */
export const personalFieldsOf = (event: Pick<EventContract, 'schema'>): readonly string[] =>
  Object.entries(jsonSchemaOf(event.schema).properties ?? {})
    .filter(([name, schema]) => isPersonal(name, schema))
    .map(([name]) => name);

const needs = ({ needs: declared = {} }: Step, event: string, field: string): boolean =>
  (declared as Readonly<Record<string, readonly string[] | undefined>>)[event]?.includes(field) ?? false;

const ofField = (choreography: Choreography, { name, personal }: EventContract, field: string): readonly Finding[] => {
  const place = placeOfEvent(name);
  const readers = hearersOf(choreography, name).filter((step) => needs(step, name, field));
  if (readers.length === 0)
    return [
      {
        rule: 'personal-field',
        sentence: `${wordOf(name)} carries the personal field ${field}, but no step that hears it declares that it needs it`,
        place,
        mend: `take ${field} out of the event, or name it in the \`needs\` of the step that reads it`,
      },
    ];
  const allowed = personal[field] ?? [];
  const ids = readers.map(idOf);
  const differing = [...ids.filter((id) => !allowed.includes(id)), ...allowed.filter((id) => !ids.includes(id))];
  return differing.length === 0
    ? []
    : [
        {
          rule: 'personal-field',
          sentence: `${wordOf(name)} and its hearers disagree on who needs the personal field ${field}: ${differing.join(' and ')}`,
          place,
          mend: `name the same steps in \`personal\` of the event as those whose \`needs\` name ${field}`,
        },
      ];
};

/** A personal field travels only where a step needs it. */
export const personalField: Rule = (choreography) =>
  choreography.events.flatMap((event) =>
    [...new Set([...personalFieldsOf(event), ...Object.keys(event.personal)])].flatMap((field) =>
      ofField(choreography, event, field),
    ),
  );
