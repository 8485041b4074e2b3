// Reads a criterion that is a plain AND of conditions into rows, and writes rows as a criterion. Anything richer stays text: whether a
// text is right, only the server says.
import { type Kind, type OperatorInfo, fieldOf, operatorOf } from './fields';

export interface Token {
  kind: 'open' | 'close' | 'comma' | 'operator' | 'word' | 'quoted';
  /** Of a quoted text: without quotes and escapes. */
  text: string;
  start: number;
  end: number;
}

export interface Condition {
  /** Name of the field, as in the table of fields. */
  field: string;
  operator: string;
  values: readonly string[];
}

export type Read = { conditions: readonly Condition[]; order: string } | { richer: string };

const PIECES = /\s*(?:(\()|(\))|(,)|(!=|!~|<=|>=|=|~|<|>)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([^\s(),=!<>~"']+))/suy;

/** `undefined` where the text cannot be cut into tokens: a quote that is not closed, for instance. */
export function tokensOf(text: string): Token[] | undefined {
  const found: Token[] = [];
  const rest = text.trimEnd().length;
  PIECES.lastIndex = 0;
  while (PIECES.lastIndex < rest) {
    const match = PIECES.exec(text);
    if (!match) return undefined;
    const whole = match[0].trimStart();
    const end = PIECES.lastIndex;
    const kind = match[1] ? 'open' : match[2] ? 'close' : match[3] ? 'comma' : match[4] ? 'operator' : match[5] ? 'quoted' : 'word';
    found.push({ kind, text: kind === 'quoted' ? unquoted(whole) : whole, start: end - whole.length, end });
  }
  return found;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(u\{([0-9a-fA-F]+)\}|.)/gsu, (_, one: string, code?: string) => (code ? String.fromCodePoint(Number.parseInt(code, 16)) : (ESCAPES[one] ?? one)));
}

export function quoted(text: string): string {
  const inside = text
    .replace(/["\\]/g, (one) => `\\${one}`)
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `"${inside}"`;
}

/** Conditions of a kind whose values stand without quotes. */
const BARE: readonly Kind[] = ['choice', 'flag', 'number', 'period'];

export function written({ field, operator, values }: Condition): string {
  const kind = fieldOf(field)?.kind ?? 'text';
  const value = (text: string) => (BARE.includes(kind) || ((kind === 'instant' || kind === 'event') && /^-?\d+[a-zA-Z]$|^\d{4}-\d\d-\d\d$/.test(text)) ? text : quoted(text));
  const takes = operatorOf(kind, operator)?.takes ?? 'one';
  if (takes === 'none') return `${field} ${operator}`;
  if (takes === 'many') return `${field} ${operator} (${values.map(value).join(', ')})`;
  return `${field} ${operator} ${value(values[0] ?? '')}`;
}

export const joined = (conditions: readonly string[], order: string): string => [conditions.length === 0 ? 'all' : conditions.join(' AND '), order].filter(Boolean).join(' ');

export const UNFINISHED = 'it is not finished, or has a mistake';

const RICHER = {
  or: 'it has an OR',
  nested: 'it has conditions in parentheses',
  not: 'it turns a condition round with NOT',
  unfinished: UNFINISHED,
} as const;

const TURNED: Record<string, string> = { '=': '!=', '!=': '=', '~': '!~', '!~': '~', IN: 'NOT IN', 'NOT IN': 'IN', 'IS EMPTY': 'IS NOT EMPTY', 'IS NOT EMPTY': 'IS EMPTY' };

/** The conditions of a text, if it is a plain AND of them; else why it is not. */
export function readConditions(text: string): Read {
  if (text.trim() === '') return { conditions: [], order: '' };
  const tokens = tokensOf(text);
  if (!tokens) return { richer: RICHER.unfinished };
  const isWord = (at: number, word: string) => tokens[at]?.kind === 'word' && tokens[at].text.toLowerCase() === word;
  let end = tokens.length;
  let order = '';
  for (let at = 0; at + 1 < tokens.length; at += 1) {
    if (isWord(at, 'order') && isWord(at + 1, 'by')) {
      end = at;
      order = text.slice(tokens[at]?.start).trim();
    }
  }
  if (end === 1 && isWord(0, 'all')) return { conditions: [], order };
  const conditions: Condition[] = [];
  let at = 0;
  for (;;) {
    if (tokens[at]?.kind === 'open') return { richer: RICHER.nested };
    const isTurned = isWord(at, 'not');
    if (isTurned) at += 1;
    if (tokens[at]?.kind === 'open') return { richer: RICHER.nested };
    const one = condition(tokens, at, end);
    if (!one) return { richer: RICHER.unfinished };
    at = one.next;
    if (isTurned) {
      const turned = TURNED[one.condition.operator];
      if (!turned) return { richer: RICHER.not };
      conditions.push({ ...one.condition, operator: turned });
    } else {
      conditions.push(one.condition);
    }
    if (at >= end) return { conditions, order };
    if (isWord(at, 'or')) return { richer: RICHER.or };
    if (!isWord(at, 'and')) return { richer: RICHER.unfinished };
    at += 1;
  }
}

const STATES: Record<string, string> = { empty: 'EMPTY', unknown: 'UNKNOWN' };

function condition(tokens: readonly Token[], from: number, end: number): { condition: Condition; next: number } | undefined {
  let at = from;
  const word = () => (at < end && tokens[at]?.kind === 'word' ? (tokens[at]?.text ?? '').toLowerCase() : undefined);
  const info = word() === undefined ? undefined : fieldOf(word() ?? '');
  if (!info) return undefined;
  at += 1;
  const done = (operator: string, values: readonly string[] = []) => {
    const known: OperatorInfo | undefined = operatorOf(info.kind, operator);
    return known ? { condition: { field: info.name, operator, values }, next: at } : undefined;
  };
  if (word() === 'is') {
    at += 1;
    const isNot = word() === 'not';
    if (isNot) at += 1;
    const what = word() ?? '';
    at += 1;
    if (what === 'never') return done(isNot ? '!= never' : '= never');
    return STATES[what] ? done(`IS ${isNot ? 'NOT ' : ''}${STATES[what]}`) : undefined;
  }
  const isNot = word() === 'not';
  if (isNot) at += 1;
  if (word() === 'in') {
    at += 1;
    if (tokens[at]?.kind !== 'open') return undefined;
    const values: string[] = [];
    for (;;) {
      at += 1;
      const value = tokens[at];
      if (at >= end || !value || (value.kind !== 'word' && value.kind !== 'quoted')) return undefined;
      values.push(value.text);
      at += 1;
      if (at < end && tokens[at]?.kind === 'close') break;
      if (at >= end || tokens[at]?.kind !== 'comma') return undefined;
    }
    at += 1;
    return done(isNot ? 'NOT IN' : 'IN', values);
  }
  const operator = tokens[at];
  const value = tokens[at + 1];
  if (isNot || at + 1 >= end || operator?.kind !== 'operator' || !value || (value.kind !== 'word' && value.kind !== 'quoted')) return undefined;
  at += 2;
  const lower = value.kind === 'word' ? value.text.toLowerCase() : '';
  if (STATES[lower] && (operator.text === '=' || operator.text === '!=')) return done(`IS ${operator.text === '!=' ? 'NOT ' : ''}${STATES[lower]}`);
  if (lower === 'never' && (operator.text === '=' || operator.text === '!=')) return done(`${operator.text} never`);
  return done(operator.text, [value.text]);
}

/** A criterion that holds where both do. An empty one asks nothing. */
export function both(criterion: string, more: string): string {
  if (criterion.trim() === '' || criterion.trim().toLowerCase() === 'all') return more;
  const read = readConditions(criterion);
  if (!('richer' in read)) return joined([withoutOrder(criterion, read.order), more], '');
  const tokens = tokensOf(criterion) ?? [];
  const by = tokens.findIndex((token, at) => token.kind === 'word' && token.text.toLowerCase() === 'order' && tokens[at + 1]?.kind === 'word' && tokens[at + 1]?.text.toLowerCase() === 'by');
  const text = by < 0 ? criterion : criterion.slice(0, tokens[by]?.start);
  return `(${text.trim()}) AND ${more}`;
}

const withoutOrder = (text: string, order: string): string => (order === '' ? text.trim() : text.slice(0, text.trimEnd().length - order.length).trim());
