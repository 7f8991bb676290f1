import { LIVE_QUESTION_DTOS, type LiveQuestionName } from '@analytics/dto';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { paintedMessageSchema, subscribeMessageSchema, unsubscribeMessageSchema } from '../live/client-messages.js';
import { liveSchemas } from './asyncapi-schemas.js';

type Json = Record<string, unknown>;

const NAMES = Object.keys(LIVE_QUESTION_DTOS) as LiveQuestionName[];

const schemaRef = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const messageRef = (name: string): Json => ({ $ref: `#/components/messages/${name}` });
const object = (properties: Json): Json => ({ type: 'object', required: Object.keys(properties), properties });
const ofZod = (schema: z.ZodType): Json => z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });

/** The live feed's messages, as AsyncAPI 3 describes them. Answers and parameters are those of the REST API's document. */
export function asyncApiDocument(openApi: OpenAPIObject): Json {
  const messages = { ...clientMessages(), ...serverMessages() };
  const sent: [name: string, summary: string][] = [
    ['frame', 'What changed in a subscription, or all there is'],
    ['failure', 'A subscription that cannot be brought up to date at the moment'],
    ['pulse', 'About once a second, whatever happens: the line is alive'],
  ];
  const taken: [name: string, summary: string, reply?: string][] = [
    ['subscribe', 'Follow a question', 'subscribed'],
    ['unsubscribe', 'End a subscription', 'unsubscribed'],
    ['clock', "Ask for the server's clock", 'clockAnswer'],
    ['painted', 'Tell how long frames took to be seen'],
  ];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Real-Time Analytics live feed',
      version: '1',
      description:
        'Socket.io 4, default namespace. A message is an event of its name with one argument; a reply is the acknowledgement. Who connects shows ' +
        'the cookie of a session, or a key as `auth: { key }`. What a client has, a patch leads on from; a client that finds that it does not, or ' +
        'that was away, subscribes again with `resume` and is sent what changed, or a snapshot.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    defaultContentType: 'application/json',
    channels: {
      live: { address: '/socket.io', messages: Object.fromEntries(Object.keys(messages).map((name) => [name, messageRef(name)])) },
    },
    operations: Object.fromEntries([
      ...sent.map(([name, summary]) => [name, operation('send', name, summary)]),
      ...taken.map(([name, summary, reply]) => [name, operation('receive', name, summary, reply)]),
    ]),
    components: { messages, schemas: liveSchemas(openApi, NAMES) },
  };
}

/** Served beside the document of the REST API. */
export function serveAsyncApi(app: INestApplication, openApi: OpenAPIObject): void {
  const document = asyncApiDocument(openApi);
  app.use('/api/asyncapi.json', (_request: Request, response: Response) => void response.json(document));
}

function operation(action: 'send' | 'receive', name: string, summary: string, reply?: string): Json {
  const channel = { $ref: '#/channels/live' };
  const message = (each: string): Json => ({ $ref: `#/channels/live/messages/${each}` });
  return { action, channel, summary, messages: [message(name)], ...(reply && { reply: { channel, messages: [message(reply)] } }) };
}

function clientMessages(): Json {
  const { properties, ...subscribe } = ofZod(subscribeMessageSchema) as { properties: Json };
  const description = 'Those of the question; as in the REST query string, or the JSON they stand for';
  const params = { description, anyOf: NAMES.map((name) => schemaRef(`${name} params`)) };
  return {
    subscribe: { payload: { ...subscribe, properties: { ...properties, params } } },
    unsubscribe: { payload: ofZod(unsubscribeMessageSchema) },
    clock: { summary: 'Has no argument', payload: { type: 'null' } },
    painted: { payload: ofZod(paintedMessageSchema) },
    subscribed: {
      payload: {
        oneOf: [
          object({ ok: { const: true }, frame: { oneOf: [schemaRef('SnapshotFrame'), schemaRef('PatchFrame')] } }),
          object({ ok: { const: false }, problem: schemaRef('ProblemDto') }),
        ],
      },
    },
    unsubscribed: { payload: object({ ok: { const: true } }) },
    clockAnswer: { payload: object({ at: { type: 'number', description: 'ms since 1970' } }) },
  };
}

const serverMessages = (): Json => ({
  frame: { payload: { oneOf: [schemaRef('SnapshotFrame'), schemaRef('PatchFrame')] } },
  failure: { payload: object({ id: { type: 'string' }, problem: schemaRef('ProblemDto') }) },
  pulse: {
    payload: object({
      at: { type: 'number', description: "Server's clock, ms since 1970" },
      newestReceivedAt: {
        type: 'object',
        additionalProperties: { type: 'number' },
        description: 'Project → newest `received_at` of a stored event, ms since 1970',
      },
      report: { type: 'boolean', description: 'Asks for a `painted` message about the time since the pulse before; of many clients a few are asked, in turns' },
    }),
  },
});
