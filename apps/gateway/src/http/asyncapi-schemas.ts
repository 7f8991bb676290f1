import type { LiveQuestionName } from '@analytics/dto';
import type { OpenAPIObject } from '@nestjs/swagger';

type Json = Record<string, unknown>;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Json;
}

interface Route {
  parameters: Parameter[];
  responses: Record<string, { content: Record<string, { schema: Json }> }>;
}

const MS = "server's clock, ms since 1970";
const RUNS: Json = {
  type: 'array',
  description: 'Ids of rows in their order, as runs of consecutive ids; descending where the second is less',
  items: { type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 },
};
const FRAME: Json = {
  id: { type: 'string', description: "The client's name for its subscription" },
  stream: { type: 'string', description: 'Names the evaluation; another one begins after a restart, or 90 s after its last viewer has left' },
  number: { type: 'integer', minimum: 1, description: 'Counts the states of the stream' },
  storedAt: { type: ['number', 'null'], description: `Newest commit that this frame shows for the first time, ${MS}` },
  createdAt: { type: ['number', 'null'], description: 'When its newest event was created, if that came on time' },
  pushedAt: { type: 'number', description: `Hand-over to the line, ${MS}` },
};

/**
 * What the messages of the live feed are made of: frames, and from the REST API's document the parameters and answers of each question
 * and all that those refer to.
 */
export function liveSchemas(openApi: OpenAPIObject, names: readonly LiveQuestionName[]): Json {
  const questions = Object.fromEntries(names.flatMap((name) => ofQuestion(openApi, name)));
  const own: Json = { SnapshotFrame: snapshotFrame(names), PatchFrame: patchFrame(), ...questions };
  const all = (openApi.components?.schemas ?? {}) as Json;
  const schemas: Json = {};
  const waiting = Object.entries({ ...own, ProblemDto: all['ProblemDto'] });
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [name, schema] = next;
    if (name in schemas) continue;
    schemas[name] = asJsonSchema(schema);
    for (const [, used] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      if (!(used! in own)) waiting.push([used!, all[used!]]);
  }
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const object = (properties: Json): Json => ({ type: 'object', required: Object.keys(properties), properties });

const snapshotFrame = (names: readonly string[]): Json =>
  object({
    ...FRAME,
    snapshot: {
      description: 'The whole answer, as the route of the question gives it',
      anyOf: names.map((name) => ({ $ref: `#/components/schemas/${name} answer` })),
    },
    rows: { type: 'object', description: 'Fields of the answer that are lists of rows, with the ids of their rows', additionalProperties: RUNS },
  });

function patchFrame(): Json {
  const list = {
    type: 'object',
    required: ['set'],
    properties: {
      order: { ...RUNS, description: 'All rows from now on; absent: as before. Those that are not named are gone' },
      set: { type: 'object', description: 'New and changed rows by id, each as a whole', additionalProperties: true },
    },
  };
  const patch = {
    type: 'object',
    required: ['head', 'lists'],
    properties: {
      head: { type: 'object', description: 'Changed fields that are not lists of rows, each as a whole', additionalProperties: true },
      removed: { type: 'array', items: { type: 'string' }, description: 'Fields that are gone' },
      lists: { type: 'object', additionalProperties: list },
    },
  };
  return object({ ...FRAME, from: { type: 'integer', minimum: 1, description: 'The state that it leads on from' }, patch });
}

function ofQuestion(openApi: OpenAPIObject, name: LiveQuestionName): [name: string, schema: Json][] {
  const route = openApi.paths[`/api/v1/${name}`]?.get as unknown as Route;
  const parameters = route.parameters.filter((each) => each.in === 'query');
  const described = ({ schema, description }: Parameter): Json => ({ ...schema, ...(description && { description }) });
  const properties = Object.fromEntries(parameters.map((each) => [each.name, described(each)]));
  const required = parameters.filter((each) => each.required).map((each) => each.name);
  return [
    [`${name} params`, { type: 'object', ...(required.length > 0 && { required }), properties }],
    [`${name} answer`, route.responses['200']!.content['application/json']!.schema],
  ];
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has the type null, and `example` where it has examples. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, example, ...rest } = value as Json;
  const schema = Object.fromEntries(Object.entries(rest).map(([key, each]) => [key, asJsonSchema(each)]));
  const shown = example === undefined ? schema : { ...schema, examples: [example] };
  if (nullable !== true) return shown;
  return typeof shown['type'] === 'string' ? { ...shown, type: [shown['type'], 'null'] } : { anyOf: [shown, { type: 'null' }] };
}
