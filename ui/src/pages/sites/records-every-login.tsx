// Whether a missing last login means that somebody never signed in: only the people of the site know.
import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';

export function RecordsEveryLogin({ isChecked, onChange }: { isChecked: boolean; onChange: (isChecked: boolean) => void }) {
  return (
    <Stack space="space.050">
      <Checkbox label="The servers record every login" isChecked={isChecked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <Text size="small" color="color.text.subtle">
        Then an account without a login is one that never signed in. Otherwise it is unknown, and never counts as idle.
      </Text>
    </Stack>
  );
}
