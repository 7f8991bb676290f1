import { BadRequestException, Injectable, ValidationPipe, type ArgumentMetadata, type Type } from '@nestjs/common';
import { getMetadataStorage } from 'class-validator';

/**
 * Turns a query string, or the params of a live message, into its DTO. Unknown parameters are refused.
 * @throws {BadRequestException} with one message per fault, each naming the field and what is allowed.
 */
@Injectable()
export class QueryPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) => new BadRequestException(errors.flatMap(({ constraints = {} }) => Object.values(constraints))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Nest applies global pipes to every argument of the live gateway as well, its socket included.
    if (metadata.type !== 'query' || !metadata.metatype) return value;
    refuseUnknown(value, metadata.metatype);
    return super.transform(value, metadata);
  }

  /** Validates without HTTP around it. */
  async parse<T extends object>(params: object, dto: Type<T>): Promise<T> {
    return (await this.transform(params, { type: 'query', metatype: dto })) as T;
  }
}

/** class-validator's own whitelist lets names of Object.prototype pass, such as `toString`, and does not tell the right ones. */
export function refuseUnknown(value: unknown, dto: Type): void {
  const known = new Set(getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false).map(({ propertyName }) => propertyName));
  const unknown = Object.keys(value ?? {}).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  const allowed = [...known].sort().join(', ');
  throw new BadRequestException(unknown.slice(0, 10).map((name) => `${printable(name)} is not a parameter; there are ${allowed}`));
}

/** A name as it was sent, without control characters and not endless. */
const printable = (name: string): string => JSON.stringify(name.slice(0, 64)).slice(1, -1);
