// What a simulated site itself says, over its control port: the judge of what Rollcall says it did.
const DAY = 86_400_000;

async function told(site, path) {
  const answer = await fetch(`${site.controlUrl}${path}`);
  if (!answer.ok) throw new Error(`the simulated site answers ${answer.status} to ${path}`);
  return answer.json();
}

/** Everybody at the site, by user name. */
export async function peopleAt(site) {
  const { accounts } = await told(site, '/state?limit=1000000');
  return new Map(accounts.map((one) => [one.username, one]));
}

/** Everything that differs between two such answers, as `name.field: before → after`, in the order of the site. */
export function differences(before, after) {
  const found = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(name) ?? {}, after.get(name) ?? {}];
    for (const field of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (JSON.stringify(was[field]) !== JSON.stringify(is[field])) found.push(`${name}.${field}: ${JSON.stringify(was[field])} → ${JSON.stringify(is[field])}`);
    }
  }
  return found;
}

/** Writing requests that reached the site behind the entry `after` of its journal. */
export async function writesAt(site, after = 0) {
  return told(site, `/journal?writes=true&after=${after}`);
}

/** Enabled, with a seat, and nothing of theirs is newer than so many days. */
export function idleFor(people, days, now = Date.now()) {
  const newest = ({ lastLogin, lastContribution }) => Math.max(...[lastLogin, lastContribution].map((at) => (at ? Date.parse(at) : 0)));
  return [...people.values()].filter((one) => one.status === 'enabled' && one.seat && newest(one) > 0 && now - newest(one) >= days * DAY);
}

/** From now on each answer of the site is late by so many milliseconds. */
export async function answersAfter(site, latencyMs) {
  const answer = await fetch(`${site.controlUrl}/faults`, { method: 'PUT', body: JSON.stringify({ latencyMs }) });
  if (!answer.ok) throw new Error(`the simulated site answers ${answer.status}: ${await answer.text()}`);
}
