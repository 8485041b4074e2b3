// The value, or the values, of a condition: chosen from what the site has, or typed.
import AsyncCreatableSelect from '@atlaskit/select/async-creatable-select';
import { plain } from '@/parts/hostile-text';
import { CHOICES, type FieldInfo } from './fields';
import { tokensOf } from './language';
import { completionOf } from './use-proposals';
import { HINTS, asValue, inWords } from './values';

interface Option {
  value: string;
  label: string;
}

interface ConditionValueProps {
  label: string;
  site: string | undefined;
  field: FieldInfo;
  isMany: boolean;
  values: readonly string[];
  onChange: (values: readonly string[]) => void;
}

export function ConditionValue({ label, site, field, isMany, values, onChange }: ConditionValueProps) {
  const { kind } = field;
  const option = (value: string): Option => ({ value, label: plain(inWords(kind, value)) });

  async function options(typed: string): Promise<Option[]> {
    const choices = kind === 'flag' ? ['true', 'false'] : CHOICES[field.name];
    if (choices) return choices.map(option).filter((one) => one.label.includes(typed.toLowerCase()));
    const opening = kind === 'text' || kind === 'names' ? `"${typed.replace(/["\\]/g, '')}` : typed;
    const asked = `${field.name} ${kind === 'text' || kind === 'names' ? '=' : '>='} ${opening}`;
    try {
      const { proposals } = await completionOf(asked, asked.length, site);
      return proposals.filter((proposal) => proposal.kind === 'value' && proposal.text !== 'never').map((proposal) => option(tokensOf(proposal.text)?.[0]?.text ?? proposal.text));
    } catch {
      // Then it is only typed.
      return [];
    }
  }

  const chosen = values.map(option);
  return (
    <AsyncCreatableSelect<Option, boolean>
      // Whoever changes the field sees what that one offers.
      key={`${field.name} ${isMany}`}
      inputId={undefined}
      aria-label={label}
      label={label}
      spacing="compact"
      isMulti={isMany}
      value={isMany ? chosen : (chosen[0] ?? null)}
      defaultOptions
      cacheOptions
      loadOptions={options}
      isValidNewOption={(typed) => asValue(kind, typed) !== undefined && !values.includes(asValue(kind, typed) ?? '')}
      getNewOptionData={(typed) => option(asValue(kind, typed) ?? typed)}
      formatCreateLabel={(typed) => typed}
      placeholder={kind === 'flag' || kind === 'choice' ? 'Choose' : (HINTS[kind] ?? 'Choose or type')}
      noOptionsMessage={() => (HINTS[kind] ? `Type ${HINTS[kind]}` : 'Type a value')}
      onChange={(now) => {
        const list = Array.isArray(now) ? (now as readonly Option[]) : now ? [now as Option] : [];
        onChange(list.map((one) => one.value));
      }}
    />
  );
}
