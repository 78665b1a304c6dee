type Content = { readonly [mediaType: string]: { readonly schema?: object } };
type Operation = {
  readonly summary?: string;
  readonly parameters?: readonly { readonly in: string }[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses: { readonly [status: string]: { readonly content?: Content } };
};
/** An OpenAPI document, as far as it is read here. */
export type ApiDocument = { readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } } };

const hasSchema = (content: Content | undefined, mediaType: string): boolean =>
  Object.keys(content?.[mediaType]?.schema ?? {}).length > 0;

const gapsOf = ({ summary, parameters = [], requestBody, responses }: Operation): readonly string[] => {
  const statuses = Object.keys(responses);
  const takesInput = requestBody !== undefined || parameters.some(({ in: place }) => place !== 'header');
  const succeeds = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const fails = Object.entries(responses).filter(([status]) => /^[45]/.test(status));
  return [
    ...(summary === undefined || summary === '' ? ['has no summary'] : []),
    ...(succeeds.some(([, { content }]) => hasSchema(content, 'application/json')) ? [] : ['has no success schema']),
    ...(requestBody === undefined || hasSchema(requestBody.content, 'application/json') ? [] : ['has no body schema']),
    ...(takesInput && !statuses.includes('400') ? ['takes input and never answers 400'] : []),
    ...(requestBody === undefined || statuses.includes('415') ? [] : ['takes a body and never answers 415']),
    ...fails.flatMap(([status, { content }]) =>
      hasSchema(content, 'application/problem+json') || hasSchema(content, 'application/json')
        ? []
        : [`answers ${status} without a schema`],
    ),
  ];
};

/** What the OpenAPI document of a service leaves unsaid, a sentence each, such as `GET /v1/orders has no success schema`. */
export const documentGaps = ({ paths }: ApiDocument): readonly string[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, operation]) =>
      gapsOf(operation).map((gap) => `${method.toUpperCase()} ${path} ${gap}`),
    ),
  );
