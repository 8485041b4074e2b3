// The schedules that people usually want, as choices; anything else is a cron pattern.
export type Often = 'never' | 'daily' | 'weekly' | 'monthly' | 'pattern';

export interface Choices {
  often: Often;
  /** `06:00`. */
  time: string;
  /** 0 = Sunday. */
  weekdays: readonly number[];
  /** Day of the month, or `L` for the last. */
  day: string;
}

export const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

export const USUAL: Choices = { often: 'weekly', time: '06:00', weekdays: [6], day: '1' };

const two = (value: number) => String(value).padStart(2, '0');

/** What a pattern says in terms of the choices. */
export function choicesOf(cron: string): Choices {
  const fields = cron.trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const pattern: Choices = { ...USUAL, often: 'pattern' };
  if (fields.length !== 5 || month !== '*' || !within(minute, 59) || !within(hour, 23)) return pattern;
  const time = `${two(Number(hour))}:${two(Number(minute))}`;
  if (day === '*' && weekday === '*') return { ...USUAL, often: 'daily', time };
  if (day === '*') {
    const weekdays = weekday.split(',').map(numberOfDay);
    return weekdays.every((one): one is number => one !== undefined) ? { ...USUAL, often: 'weekly', time, weekdays } : pattern;
  }
  if (weekday === '*' && (day === 'L' || (within(day, 31) && Number(day) >= 1))) return { ...USUAL, often: 'monthly', time, day };
  return pattern;
}

const within = (text: string, most: number) => /^\d{1,2}$/.test(text) && Number(text) <= most;

function numberOfDay(text: string): number | undefined {
  const at = DAYS.indexOf(text.toUpperCase() as (typeof DAYS)[number]);
  if (at >= 0) return at;
  return /^[0-7]$/.test(text) ? Number(text) % 7 : undefined;
}

/** The pattern of choices; `undefined` for `never`, and for `pattern`, which is one already. */
export function cronOf({ often, time, weekdays, day }: Choices): string | undefined {
  const [hour = '6', minute = '0'] = time.split(':');
  const at = `${Number(minute)} ${Number(hour)}`;
  if (often === 'daily') return `${at} * * *`;
  if (often === 'weekly') return `${at} * * ${[...weekdays].sort((a, b) => a - b).map((one) => DAYS[one]).join(',')}`;
  if (often === 'monthly') return `${at} ${day} * *`;
  return undefined;
}
