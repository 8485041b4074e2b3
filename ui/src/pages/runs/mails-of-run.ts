// The mails about a run. The API lists mails by time; whose they are stands in their Message-ID.
import { type Schemas, answerOf, api } from '@/api/client';

type Mail = Schemas['Mail'];

const PAGES = 10;

export interface MailsOfRun {
  mails: Mail[];
  /** There are more mails since the run than were looked through. */
  isCutShort: boolean;
}

export async function mailsOfRun(run: { id: string; plan: string; createdAt: string }, signal: AbortSignal): Promise<MailsOfRun> {
  const mails: Mail[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const answer = await answerOf(api.GET('/api/v1/mails', { params: { query: { limit: 500, ...(cursor ? { cursor } : {}) } }, signal }));
    for (const mail of answer.items) if (isAbout(mail, run)) mails.push(mail);
    cursor = answer.next ?? undefined;
    const oldest = answer.items.at(-1);
    // A mail about the plan may be older than the run, but not by more than a plan lives.
    if (cursor === undefined || (oldest && Date.parse(oldest.queuedAt) < Date.parse(run.createdAt) - DAY)) return { mails, isCutShort: false };
  }
  return { mails, isCutShort: true };
}

const DAY = 24 * 3600 * 1000;

/** `run-ID.…@host`, `plan-ID@host`. */
export function isAbout(mail: Pick<Mail, 'messageId'>, run: { id: string; plan: string }): boolean {
  const local = mail.messageId.replace(/^</, '').split('@')[0] ?? '';
  return local === `run-${run.id}` || local.startsWith(`run-${run.id}.`) || local === `plan-${run.plan}` || local.startsWith(`plan-${run.plan}.`);
}
