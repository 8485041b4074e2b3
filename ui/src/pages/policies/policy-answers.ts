// Policies as the API answers them, and what asks for them.
import { type Schemas, type Tagged, answerOf, api, taggedAnswerOf } from '@/api/client';
import type { PolicyDocument } from './document-reading';

export type Policy = Schemas['Policy'];

export const documentOf = (policy: Policy): PolicyDocument => policy.policy as unknown as PolicyDocument;

export const policyKey = (name: string) => ['policy', name] as const;

/** The type that the document of the API has for a policy as a body. */
type Sent = Record<string, never>;

export const loadPolicy = (name: string, signal: AbortSignal): Promise<Tagged<Policy>> => taggedAnswerOf(api.GET('/api/v1/policies/{name}', { params: { path: { name } }, headers: { accept: 'application/json' }, signal }) as never);

export const savePolicy = (name: string, document: PolicyDocument, tag: string): Promise<Tagged<Policy>> =>
  taggedAnswerOf(api.PUT('/api/v1/policies/{name}', { params: { path: { name }, header: { 'If-Match': tag } }, body: document as unknown as Sent }));

export const keepPolicy = (document: PolicyDocument, key: string): Promise<Policy> =>
  answerOf(api.POST('/api/v1/policies', { params: { header: { 'idempotency-key': key } }, body: document as unknown as Sent }));

export const checkPolicy = (document: PolicyDocument, signal: AbortSignal): Promise<Schemas['PolicyCheck']> =>
  answerOf(api.POST('/api/v1/policies/check', { body: { policies: [document] } as unknown as Sent, signal }));
