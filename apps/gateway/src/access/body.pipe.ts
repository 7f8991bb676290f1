import { BadRequestException, Injectable, UnsupportedMediaTypeException, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { faultsOf, refuseUnknown } from '../queries/query.pipe.js';
import { refusal } from '../queries/refusal.js';

const PLAIN = new Set(['string', 'number', 'boolean']);

/**
 * Turns a JSON body into its DTO. Unknown fields are refused, and so is everything nested, before anything walks through it.
 * @throws {BadRequestException} with one message per fault, each naming the field and what is allowed.
 */
@Injectable()
export class BodyPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
      // Without the values: a password is not repeated.
      exceptionFactory: (errors) => refusal(...errors.flatMap(faultsOf).map((fault) => ({ ...fault, value: undefined }))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (value === undefined) throw new UnsupportedMediaTypeException(['send a JSON object, with content-type: application/json']);
    if (!isFlat(value)) throw new BadRequestException(['the body must be a JSON object of texts, numbers, true, false or null']);
    if (metadata.metatype) refuseUnknown(value, metadata.metatype);
    return super.transform(value, metadata);
  }
}

const isPlain = (value: unknown): boolean => value === null || PLAIN.has(typeof value);

const isFlat = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isPlain);
