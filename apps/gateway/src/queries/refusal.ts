import type { ParameterFault } from '@analytics/dto';
import type { Resolution } from '@analytics/timescale';
import { BadRequestException } from '@nestjs/common';

/** A 400 that names each parameter that is wrong, and what is allowed. */
export const refusal = (...faults: readonly ParameterFault[]): BadRequestException =>
  new BadRequestException({ message: faults.map(({ message }) => message), errors: faults });

/** @throws {BadRequestException} saying why there is no such thing. */
export function orRefuse<T>({ value, fault }: Resolution<T>): T {
  if (fault) throw refusal(fault);
  return value as T;
}
