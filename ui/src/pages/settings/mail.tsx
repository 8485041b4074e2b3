// The outbox: what was sent, what waits, what was refused; to try again or to give up.
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { Gate } from '@/frame/session';
import { useAddress } from '@/frame/use-address';
import { Choice } from '@/parts/choice';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { counted } from '@/parts/numbers';
import { Empty } from '@/parts/page-states';
import { State } from '@/parts/states';
import { About } from './about';
import { MailDetail } from './mail-detail';
import { MailHealth } from './mail-health';
import { MailSetup } from './mail-setup';
import styles from './settings.module.css';

type Mail = Schemas['Mail'];
type MailState = Mail['state'];

const STATES: readonly (readonly [string, string])[] = [
  ['queued', 'waits'],
  ['sent', 'sent'],
  ['bounced', 'refused for somebody'],
  ['failed', 'failed'],
  ['discarded', 'given up'],
];

const columnsOf = (open: (id: string) => void): readonly Column<Mail>[] => [
  {
    id: 'subject',
    head: 'Subject',
    isFixed: true,
    cell: (mail) => (
      <button type="button" className={styles.open} onClick={() => open(mail.id)}>
        <HostileText text={mail.subject} />
      </button>
    ),
  },
  { id: 'to', head: 'To', width: '13rem', cell: (mail) => (mail.recipients.length === 1 ? <HostileText text={mail.recipients[0] ?? ''} /> : counted(mail.recipients.length, 'address', 'addresses')) },
  { id: 'state', head: 'State', cell: (mail) => <>
        <State of="mail" state={mail.state} />
        {mail.bounced.length > 0 && ` for ${counted(mail.bounced.length, 'address', 'addresses')}`}
      </> },
  { id: 'queued', head: 'Queued', cell: (mail) => <Instant at={mail.queuedAt} /> },
  { id: 'sent', head: 'Sent, or tried next', cell: (mail) => (mail.sentAt ? <Instant at={mail.sentAt} /> : mail.nextTryAt ? <>next try <Instant at={mail.nextTryAt} /></> : '–') },
];

export default function Mails() {
  const [state, setState] = useAddress('state');
  const [mail, setMail] = useAddress('mail');
  const pages = usePages(['mails', state], (cursor, signal) => answerOf(api.GET('/api/v1/mails', { params: { query: { ...(state ? { state: state as MailState } : {}), ...(cursor ? { cursor } : {}) } as never }, signal })), { refetchEvery: 15_000 });
  return (
    <Stack space="space.200">
      <About>Reports, requests for approval and notices to people. A mail waits here until the mail server takes it; after several failures it is kept for you to decide.</About>
      <MailHealth />
      <Gate needs="admin">
        <MailSetup />
      </Gate>
      <DataTable
        label="Mails"
        pages={pages}
        columns={columnsOf(setMail)}
        keyOf={({ id }) => id}
        toolbar={<Choice label="State" value={state} all="All states" options={STATES} onChoose={setState} />}
        empty={<Empty title={state ? 'No mail is in this state' : 'No mail was written yet'}>{state ? 'Choose another state to see others.' : 'Policies that name addresses under “report” write mails; so do plans that await approval.'}</Empty>}
      />
      <ModalTransition>{mail && <MailDetail id={mail} onClose={() => setMail(undefined)} />}</ModalTransition>
    </Stack>
  );
}
