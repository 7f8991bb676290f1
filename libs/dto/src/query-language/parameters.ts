import { Transform } from 'class-transformer';
import { ValidateBy, type ValidationArguments } from 'class-validator';

/** What is wrong with a parameter, and with which part of it. */
export interface ParameterFault {
  field: string;
  value: unknown;
  /** A sentence that begins with the field. */
  message: string;
  allowed?: readonly string[];
}

/** Explains a value that was refused; put into the context of a validator, so that problems can tell more than a sentence. */
export type Explain = (value: unknown) => Partial<ParameterFault> | undefined;

/** The context of a validator that allows a list of values. */
export const allowing = (allowed: readonly string[]): { context: { explain: Explain } } => ({ context: { explain: () => ({ allowed }) } });

/** A validator that knows what is wrong. @param explain gives undefined for what is right. */
export const Explained = (name: string, explain: (value: unknown, field: string) => ParameterFault | undefined): PropertyDecorator => (target, key) =>
  ValidateBy(
    {
      name,
      validator: {
        validate: (value: unknown) => explain(value, String(key)) === undefined,
        defaultMessage: (given?: ValidationArguments) => explain(given?.value, String(key))?.message ?? `${String(key)} is wrong`,
      },
    },
    { context: { explain: (value: unknown) => explain(value, String(key)) } },
  )(target, key);

/** A query string holds JSON as text. What is no JSON stays text, and is refused by the validator. */
export const FromJson = (): PropertyDecorator => Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? parsedJson(value) : value));

/** A query string holds a list as `a,b`, or as a JSON array where a name has a comma in it. */
export const FromList = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value !== 'string' ? value : value.startsWith('[') ? parsedJson(value) : value.split(','),
  );

function parsedJson(text: string): unknown {
  try {
    // `null` in a query string is no way to leave a parameter out, so it is refused like any other value that does not fit.
    return (JSON.parse(text) as unknown) ?? text;
  } catch {
    return text;
  }
}

/** A list of names, each of which `isRight`, without repetitions. */
export const IsListOf = (bounds: { most: number; what: string; allowed: readonly string[] }, isRight: (name: unknown) => boolean): PropertyDecorator =>
  Explained('isListOf', (value, field) => {
    const { most, what, allowed } = bounds;
    const list = `${field} must be a list of 1 to ${most} different ${what}, such as ${allowed.slice(0, 2).join(',')}`;
    if (!Array.isArray(value) || value.length === 0 || value.length > most || new Set(value).size < value.length)
      return { field, value, message: list, allowed };
    const index = value.findIndex((name) => !isRight(name));
    if (index < 0) return undefined;
    return { field: `${field}[${index}]`, value: value[index] as unknown, message: `${field} must name ${what}: ${allowed.join(', ')}`, allowed };
  });
