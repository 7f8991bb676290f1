import { BadRequestException, Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError } from 'class-validator';

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
      exceptionFactory: (errors) => new BadRequestException(errors.flatMap(messagesOf)),
    });
  }

  /** Validates without HTTP around it. */
  async parse<T extends object>(params: unknown, dto: new () => T): Promise<T> {
    const metadata: ArgumentMetadata = { type: 'query', metatype: dto };
    return (await this.transform(params, metadata)) as T;
  }
}

function messagesOf({ property, constraints = {}, target }: ValidationError): string[] {
  if (!('whitelistValidation' in constraints)) return Object.values(constraints);
  return [`${printable(property)} is not a parameter; there are ${parametersOf(target).join(', ')}`];
}

function parametersOf(target: object | undefined): string[] {
  if (!target) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return [...new Set(metadata.map(({ propertyName }) => propertyName))].sort();
}

const printable = (name: string): string => JSON.stringify(name.slice(0, 64)).slice(1, -1);
