// With several sites: which of them the pages show.
import DropdownMenu, { DropdownItemRadio, DropdownItemRadioGroup } from '@atlaskit/dropdown-menu';
import { useLocation } from 'react-router';
import { useSite } from './use-site';

/** Lists across sites can show all of them; the others show one. */
const LISTS = ['/policies', '/plans', '/runs', '/audit'];
const ONE = ['/users'];

export function SiteChooser() {
  const { pathname } = useLocation();
  const { site, filter, sites, choose } = useSite();
  const canAll = LISTS.includes(pathname);
  if (sites.length < 2 || !(canAll || ONE.includes(pathname))) return null;
  const chosen = canAll ? filter : site;
  return (
    <DropdownMenu trigger={chosen ?? 'All sites'} placement="bottom-end" shouldRenderToParent label={`Site: ${chosen ?? 'All sites'}`}>
      <DropdownItemRadioGroup id="site" title="Site">
        {canAll && (
          <DropdownItemRadio id="-" isSelected={chosen === undefined} onClick={() => choose(undefined)}>
            All sites
          </DropdownItemRadio>
        )}
        {sites.map(({ name }) => (
          <DropdownItemRadio key={name} id={name} isSelected={name === chosen} onClick={() => choose(name)}>
            {name}
          </DropdownItemRadio>
        ))}
      </DropdownItemRadioGroup>
    </DropdownMenu>
  );
}
