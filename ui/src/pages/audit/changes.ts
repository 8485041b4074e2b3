// What an entry says was so before and afterwards, name by name.
export interface Changed {
  name: string;
  before: string | undefined;
  after: string | undefined;
  isChanged: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Texts as they are, everything else as JSON. */
export const written = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 1));

/** `''` is the name where a side is no object but a bare value. */
export function changesOf(before: unknown, after: unknown): Changed[] {
  const sides = [before, after].map((side) => (side == null ? {} : isObject(side) ? side : { '': side }));
  const [old = {}, now = {}] = sides;
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.map((name) => {
    const was = name in old ? written(old[name]) : undefined;
    const is = name in now ? written(now[name]) : undefined;
    return { name, before: was, after: is, isChanged: was !== is };
  });
}
