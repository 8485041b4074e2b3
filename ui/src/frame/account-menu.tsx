// Who is signed in: their tokens, the theme, the way out.
import DropdownMenu, { DropdownItem, DropdownItemGroup, DropdownItemRadio, DropdownItemRadioGroup } from '@atlaskit/dropdown-menu';
import { useNavigate } from 'react-router';
import { asProblem } from '@/api/problems';
import { plain } from '@/parts/hostile-text';
import { raiseFlag } from './flag-list';
import { useSession, useSignOut } from './session';
import { type Theme, chooseTheme, useTheme } from './theme';

const THEMES: readonly [Theme, string][] = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['auto', 'As the system'],
];

export function AccountMenu() {
  const { operator, role } = useSession();
  const theme = useTheme();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const name = plain(operator.displayName || operator.name);
  return (
    <DropdownMenu trigger={name} placement="bottom-end" shouldRenderToParent label={`Account of ${name}`}>
      <DropdownItemGroup title={`${plain(operator.name)}, ${role}`}>
        <DropdownItem onClick={() => navigate('/tokens')}>My tokens</DropdownItem>
      </DropdownItemGroup>
      <DropdownItemRadioGroup id="theme" title="Theme">
        {THEMES.map(([id, text]) => (
          <DropdownItemRadio key={id} id={id} isSelected={theme === id} onClick={() => chooseTheme(id)}>
            {text}
          </DropdownItemRadio>
        ))}
      </DropdownItemRadioGroup>
      <DropdownItemGroup hasSeparator>
        <DropdownItem
          onClick={() => {
            signOut().catch((thrown: unknown) => raiseFlag({ kind: 'failed', title: 'You are still signed in', description: asProblem(thrown).detail }));
          }}
        >
          Sign out
        </DropdownItem>
      </DropdownItemGroup>
    </DropdownMenu>
  );
}
