// A policy as a document: what the form shows, what the YAML says, what is sent. Only what the form touches is looked into; whatever else
// stands in it is kept as it is.
import { isMap, parseDocument, stringify } from 'yaml';
import { type PolicyDocument, parts } from './document-reading';

export * from './document-reading';

/** A new policy: nothing is said yet but what is safe. */
export const BLANK: PolicyDocument = {
  name: '',
  description: '',
  sites: [],
  select: '',
  actions: [],
  limits: { percent: 5, growth: '3x', failures: 5, 'minimum-idle': '30d' },
  report: { to: [], when: 'always', attach: 'csv' },
  grace: '7d',
  'snapshot-max-age': '24h',
  'plan-expiry': '24h',
};

/** The order in which a policy file is read. */
const ORDER = ['name', 'description', 'sites', 'mode', 'select', 'actions', 'schedule', 'on', 'poll', 'notice', 'limits', 'approval', 'report', 'grace', 'protected-groups', 'snapshot-max-age', 'plan-expiry'];

const place = (key: string) => {
  const at = ORDER.indexOf(key);
  return at < 0 ? ORDER.length : at;
};

export function ordered(document: PolicyDocument): PolicyDocument {
  return Object.fromEntries(Object.entries(document).sort(([a], [b]) => place(a) - place(b)));
}

/** What is sent: without what is empty and may be left out. */
export function sent(document: PolicyDocument): PolicyDocument {
  const kept = Object.entries(document).filter(([key, value]) => {
    if (value === undefined || value === null) return false;
    if (key === 'description' && value === '') return false;
    if ((key === 'on' || key === 'protected-groups') && Array.isArray(value) && value.length === 0) return false;
    if (key === 'mode') return true;
    return !(typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0);
  });
  return ordered(Object.fromEntries(kept));
}

export const toYaml = (document: PolicyDocument): string => stringify(sent(document), { lineWidth: 100 });

export interface YamlFault {
  message: string;
  line: number;
}

export type Read = { document: PolicyDocument } | { fault: YamlFault };

/** Reads one policy: by itself, or in the form of a policy file with one. */
export function fromYaml(text: string): Read {
  const parsed = parseDocument(text, { prettyErrors: false, uniqueKeys: true, maxAliasCount: 0 } as never);
  const [error] = parsed.errors;
  if (error) return { fault: { message: firstLine(error.message), line: lineAt(text, error.pos[0]) } };
  if (!isMap(parsed.contents)) return { fault: { message: 'A policy is written as keys and values, such as `name: reclaim-idle-seats`.', line: 1 } };
  let value: PolicyDocument;
  try {
    value = parsed.toJS({ maxAliasCount: 0 }) as PolicyDocument;
  } catch {
    return { fault: { message: 'Write each value where it belongs: anchors and aliases are not read.', line: 1 } };
  }
  if (!Array.isArray(value.policies)) return { document: value };
  const [only, ...others] = value.policies;
  if (others.length > 0 || typeof only !== 'object' || only === null || Array.isArray(only)) return { fault: { message: 'Here stands one policy: leave one in, and write each of the others as a policy of its own.', line: 1 } };
  return { document: only as PolicyDocument };
}

const firstLine = (text: string) => text.split('\n')[0] ?? text;

const lineAt = (text: string, position: number) => text.slice(0, position).split('\n').length;


/** The line of the YAML at which a place stands, or the nearest that contains it; from 1. */
export function lineOf(text: string, pointer: string): number | undefined {
  const parsed = parseDocument(text);
  const path: (string | number)[] = [];
  let offset: number | undefined;
  if (isMap(parsed.contents) && Array.isArray((parsed.toJS() as PolicyDocument).policies)) path.push('policies', 0);
  for (const part of parts(pointer)) {
    path.push(/^\d+$/.test(part) ? Number(part) : part);
    const node = parsed.getIn(path, true) as { range?: [number, number, number] } | undefined;
    if (!node?.range) break;
    offset = node.range[0];
  }
  return offset === undefined ? undefined : lineAt(text, offset);
}
