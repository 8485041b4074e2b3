// The histogram; what it shows stands in the table beside it, for everybody who cannot see it.
import { useSyncExternalStore } from 'react';
import { Bar, BarChart, CartesianGrid, Cell, LabelList, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import type { Schemas } from '@/api/client';
import { number } from '@/parts/numbers';
import { type Band, bandsOf } from './idle-bands';

const COLOURS: Record<Band['kind'], string> = {
  active: 'var(--ds-chart-success)',
  idle: 'var(--ds-chart-information)',
  long: 'var(--ds-chart-warning)',
  never: 'var(--ds-chart-discovery)',
  unknown: 'var(--ds-chart-neutral)',
};

const TEXT = { fill: 'var(--ds-text-subtle)', fontSize: 12 };

const narrow = window.matchMedia('(max-width: 40rem)');

function listen(tell: () => void): () => void {
  narrow.addEventListener('change', tell);
  return () => narrow.removeEventListener('change', tell);
}

/** Then the names of the bands do not fit beside each other. */
const useIsNarrow = (): boolean => useSyncExternalStore(listen, () => narrow.matches);

export default function IdleHistogram({ idle }: { idle: Schemas['IdleHistogram'] }) {
  const bands = bandsOf(idle);
  const isNarrow = useIsNarrow();
  const slant = isNarrow ? { angle: -45, textAnchor: 'end' as const, height: 56 } : { height: 30 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart data={bands} margin={{ top: 24, right: 0, bottom: 20, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid vertical={false} stroke="var(--ds-border)" />
        <XAxis dataKey="short" tick={TEXT} interval={0} tickLine={false} axisLine={{ stroke: 'var(--ds-border-bold)' }} {...slant} label={{ value: 'days idle', position: 'insideBottom', offset: -12, ...TEXT }} />
        <YAxis tick={TEXT} width={48} tickLine={false} axisLine={false} allowDecimals={false} tickFormatter={(value: number) => number(value)} />
        <Bar dataKey="accounts" isAnimationActive={false} radius={[3, 3, 0, 0]}>
          {bands.map((band) => (
            <Cell key={band.key} fill={COLOURS[band.kind]} />
          ))}
          <LabelList dataKey="accounts" position="top" formatter={(value) => number(Number(value))} {...TEXT} />
        </Bar>
      </BarChart>
    </ResponsiveContainer>
  );
}
