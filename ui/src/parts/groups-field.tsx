// Names of groups: those of the newest snapshot to choose from, others to type.
import { AsyncCreatableSelect } from '@atlaskit/select';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { Control } from './field';
import { plain } from './hostile-text';

interface Choice {
  label: string;
  value: string;
}

const choice = (name: string): Choice => ({ label: plain(name), value: name });

interface GroupsFieldProps {
  control: Control;
  /** Absent: nothing is proposed. */
  site: string | undefined;
  value: readonly string[];
  onChange: (names: string[]) => void;
}

export function GroupsField({ control, site, value, onChange }: GroupsFieldProps) {
  const client = useQueryClient();
  async function proposals(typed: string): Promise<Choice[]> {
    if (site === undefined) return [];
    const names = await client.fetchQuery({
      queryKey: ['groups', site, 'names'],
      staleTime: 60_000,
      queryFn: async () => {
        const found: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await answerOf(api.GET('/api/v1/sites/{site}/groups', { params: { path: { site }, query: { limit: 500, ...(cursor ? { cursor } : {}) } } }));
          found.push(...page.items.map((group) => group.name));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        return found;
      },
    }).catch(() => [] as string[]);
    const wanted = typed.toLocaleLowerCase();
    return names.filter((name) => name.toLocaleLowerCase().includes(wanted) && !value.includes(name)).slice(0, 50).map(choice);
  }
  return (
    <AsyncCreatableSelect<Choice, true>
      inputId={control.id}
      aria-describedby={control['aria-describedby']}
      isInvalid={control.isInvalid ?? false}
      isMulti
      cacheOptions={false}
      defaultOptions
      loadOptions={proposals}
      value={value.map(choice)}
      placeholder="Name of a group"
      formatCreateLabel={(typed) => `Use ${plain(typed)}`}
      onChange={(chosen) => onChange(chosen.map((one) => one.value))}
    />
  );
}
