// A role to choose, with what it may do.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { RadioGroup } from '@atlaskit/radio';
import { useId } from 'react';
import type { Schemas } from '@/api/client';
import { ROLES } from './role-words';

type Role = Schemas['Role'];

interface RoleFieldProps {
  value: Role;
  onChange: (role: Role) => void;
  /** Those to choose from. */
  roles?: readonly Role[];
  problem?: string | undefined;
}

export function RoleField({ value, onChange, roles, problem }: RoleFieldProps) {
  const id = useId();
  return (
    <Stack space="space.050">
      <Text id={id} weight="medium">
        Role
      </Text>
      <RadioGroup
        aria-labelledby={id}
        name="role"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value as Role)}
        options={ROLES.filter(([role]) => !roles || roles.includes(role)).map(([role, may]) => ({ name: 'role', value: role, label: `${role}: ${may}` }))}
      />
      {problem && (
        <Text color="color.text.danger" size="small">
          {problem}
        </Text>
      )}
    </Stack>
  );
}
