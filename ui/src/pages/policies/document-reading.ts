// Values of a policy's document by their places.
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

export interface PolicyDocument {
  [key: string]: Value | undefined;
}

/** The parts of a JSON pointer. */
export const parts = (pointer: string): string[] => pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

export function valueAt(document: PolicyDocument, pointer: string): Value | undefined {
  let value: Value | undefined = document as Value;
  for (const part of parts(pointer)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, Value>)[part];
  }
  return value;
}

/** The document with another value at a place; `undefined` takes it away. */
export function withValue(document: PolicyDocument, pointer: string, value: Value | undefined): PolicyDocument {
  const [first, ...rest] = parts(pointer);
  if (first === undefined) return document;
  return set(document as Record<string, Value>, first, rest, value) as PolicyDocument;
}

function set(into: Record<string, Value>, first: string, rest: string[], value: Value | undefined): Record<string, Value> {
  const [next, ...others] = rest;
  const copy = { ...into };
  if (next === undefined) {
    if (value === undefined) delete copy[first];
    else copy[first] = value;
    return copy;
  }
  const below = copy[first];
  copy[first] = set(typeof below === 'object' && below !== null && !Array.isArray(below) ? below : {}, next, others, value);
  return copy;
}

/** A number where it is one; else the text as it was typed, so that the server can say what is wrong with it. */
export function numberOrText(text: string): Value | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

export const textAt = (document: PolicyDocument, pointer: string): string => {
  const value = valueAt(document, pointer);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

export const textsAt = (document: PolicyDocument, pointer: string): string[] => {
  const value = valueAt(document, pointer);
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
};
