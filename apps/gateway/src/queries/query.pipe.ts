import type { Explain, ParameterFault } from '@analytics/dto';
import { Injectable, ValidationPipe, type ArgumentMetadata, type Type } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';
import { refusal } from './refusal.js';

/** No parameter is nested deeper: filters have five levels of two each. What walks through values recursively comes afterwards. */
const DEEPEST = 16;

/**
 * Turns a query string, or the params of a live message, into its DTO. Unknown and repeated parameters are refused.
 * @throws {BadRequestException} naming each parameter that is wrong, and what is allowed.
 */
@Injectable()
export class QueryPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) => refusal(...errors.flatMap(faultsOf)),
    });
  }

  override async transform(value: unknown, { type, metatype }: ArgumentMetadata): Promise<unknown> {
    // Nest applies global pipes to every argument of the live gateway as well, its socket included.
    if (type !== 'query' || !metatype) return value;
    refuseUnknown(value, metatype);
    refuseRepeated(value);
    return this.parse(value ?? {}, metatype);
  }

  /** Validates without HTTP around it: a list may then be a real one. */
  async parse<T extends object>(params: object, dto: Type<T>): Promise<T> {
    refuseUnknown(params, dto);
    refuseDeep(params);
    return (await super.transform(params, { type: 'query', metatype: dto })) as T;
  }
}

/** What class-validator found wrong with a parameter or field, as problems tell it. */
export function faultsOf({ property, value, constraints = {}, contexts = {} }: ValidationError): ParameterFault[] {
  return Object.entries(constraints).map(([name, message]) => {
    const { explain } = (contexts[name] ?? {}) as { explain?: Explain };
    return { field: property, value: value as unknown, message, ...explain?.(value) };
  });
}

/** class-validator's own whitelist lets names of Object.prototype pass, such as `toString`, and does not tell the right ones. */
export function refuseUnknown(value: unknown, dto: Type): void {
  const known = new Set(getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false).map(({ propertyName }) => propertyName));
  const unknown = Object.keys(value ?? {}).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const allowed = [...known].sort();
  const faults = unknown.slice(0, 10).map(printable);
  throw refusal(...faults.map((field) => ({ field, value: undefined, message: `${field} is not a parameter; there are ${allowed.join(', ')}`, allowed })));
}

/** A query string that has a name twice makes an array of it. */
function refuseRepeated(value: unknown): void {
  const repeated = Object.entries(value ?? {}).filter(([, each]) => Array.isArray(each));
  if (repeated.length === 0) return;
  throw refusal(...repeated.map(([field, each]) => ({ field, value: each as unknown, message: `${field} is given more than once; give it once` })));
}

/** Level by level and not by recursion, which a hostile value would exhaust. */
function refuseDeep(params: object): void {
  let level: unknown[] = Object.values(params);
  for (let depth = 1; level.length > 0; depth++) {
    level = level.flatMap((value) => (typeof value === 'object' && value !== null ? Object.values(value) : []));
    if (depth === DEEPEST && level.length > 0) {
      const [field] = Object.entries(params).find(([, value]) => typeof value === 'object') ?? ['params'];
      throw refusal({ field, value: undefined, message: `${field} is nested deeper than ${DEEPEST} levels; make it flatter` });
    }
  }
}

/** A name as it was sent, without control characters and not endless. */
const printable = (name: string): string => JSON.stringify(name.slice(0, 64)).slice(1, -1);
