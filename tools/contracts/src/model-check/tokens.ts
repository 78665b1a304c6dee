/** Taken out of the hottest loops, where a look-up among the globals would show. */
const [json, arrays, objects] = [JSON, Array, Object];

/**
 * Gives every value a short text, the same for values that are equal in whatever order their fields came to be. Values are never
 * changed once they are made, so that each object is looked into once.
 */
export const tokenBook = () => {
  const byObject = new WeakMap<object, string>();
  const byText = new Map<string, string>();

  const tokenOf = (value: unknown): string => {
    if (typeof value !== 'object' || value === null) return json.stringify(value) ?? 'null';
    const known = byObject.get(value);
    if (known !== undefined) return known;
    const text = arrays.isArray(value) ? `[${value.map(tokenOf).join()}]` : `{${fieldsOf(value).join()}}`;
    const token = byText.get(text) ?? `#${byText.size}`;
    byText.set(text, token);
    byObject.set(value, token);
    return token;
  };

  const fieldsOf = (value: object): string[] => {
    const fields: string[] = [];
    for (const [name, field] of objects.entries(value))
      if (field !== undefined) fields.push(`${name}:${tokenOf(field)}`);
    return fields.sort();
  };

  return { tokenOf };
};

export type TokenBook = ReturnType<typeof tokenBook>;
