// A value of an account as it is known: exactly, from one side only, or not at all. What is not known is never shown as nothing.
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { counted, number } from '@/parts/numbers';
import styles from './users.module.css';

const INSTANT = /^\d{4}-\d\d-\d\dT/;
const LENGTH = /^(\d+)([dh])$/;

function Exactly({ value, as }: { value: unknown; as: 'ago' | 'date' | 'time' }) {
  if (typeof value === 'boolean') return <>{value ? 'yes' : 'no'}</>;
  if (typeof value === 'number') return <>{number(value)}</>;
  if (typeof value !== 'string') return <>{JSON.stringify(value)}</>;
  if (value === 'never') return <>never</>;
  if (INSTANT.test(value)) return <Instant at={value} as={as} />;
  const length = LENGTH.exec(value);
  if (length) {
    const count = Number(length[1]);
    return <span className={styles.length}>{counted(count, length[2] === 'd' ? 'day' : 'hour')}</span>;
  }
  return <HostileText text={value} isCut />;
}

interface KnownValueProps {
  value: unknown;
  as?: 'ago' | 'date' | 'time';
  /** Most names of a list that are shown. */
  most?: number;
}

export function KnownValue({ value, as = 'ago', most = 3 }: KnownValueProps) {
  if (value === null || value === undefined) return <span className={styles.unknown}>unknown</span>;
  if (Array.isArray(value)) return <Names names={value as string[]} most={most} />;
  if (typeof value === 'object') {
    const { atLeast, atMost } = value as { atLeast?: unknown; atMost?: unknown };
    const known = atLeast ?? atMost;
    const isInstant = typeof known === 'string' && INSTANT.test(known);
    if (known === undefined) return <HostileText text={JSON.stringify(value)} isCut />;
    return isInstant ? (
      <span title={atLeast === undefined ? 'It was then or earlier; when exactly is not known.' : 'It was seen then; whether also later is not known.'}>
        <Exactly value={known} as={as} /> or {atLeast === undefined ? 'earlier' : 'later'}
      </span>
    ) : (
      <span title={atLeast === undefined ? 'It may be less; how much exactly is not known.' : 'It may be more; how much exactly is not known.'}>
        at {atLeast === undefined ? 'most' : 'least'} <Exactly value={known} as={as} />
      </span>
    );
  }
  return <Exactly value={value} as={as} />;
}

function Names({ names, most }: { names: readonly string[]; most: number }) {
  if (names.length === 0) return <span className={styles.none}>none</span>;
  const shown = names.slice(0, most);
  return (
    <span className={styles.names} title={names.length > most ? names.join(', ') : undefined}>
      {shown.map((name) => (
        <span key={name} className={styles.name}>
          <HostileText text={name} isCut />
        </span>
      ))}
      {names.length > most && <span className={styles.none}>+{number(names.length - most)}</span>}
    </span>
  );
}
