// Filters to choose from, and to keep the one that stands there.
import Button from '@atlaskit/button/new';
import DropdownMenu, { DropdownItem, DropdownItemGroup } from '@atlaskit/dropdown-menu';
import ChevronDownIcon from '@atlaskit/icon/core/chevron-down';
import { useState } from 'react';
import { raiseFlag } from '@/frame/flag-list';
import { plain } from '@/parts/hostile-text';
import { KeepFilterDialog } from './keep-filter-dialog';
import { READY, useFilters } from './filters';

interface FilterMenuProps {
  value: string;
  onChoose: (criterion: string) => void;
}

export function FilterMenu({ value, onChoose }: FilterMenuProps) {
  const filters = useFilters();
  const [isKeeping, setIsKeeping] = useState(false);
  const current = filters.list.find((filter) => filter.criterion === value);
  return (
    <>
      <DropdownMenu
        shouldRenderToParent
        trigger={({ triggerRef, isSelected, testId: _, ...trigger }) => (
          <Button {...trigger} ref={triggerRef} isSelected={isSelected ?? false} spacing="compact" iconAfter={(icon) => <ChevronDownIcon {...icon} size="small" />}>
            Filters
          </Button>
        )}
      >
        {filters.list.length > 0 && (
          <DropdownItemGroup title="Kept in this browser">
            {filters.list.map((filter) => (
              <DropdownItem key={filter.name} description={plain(filter.criterion)} onClick={() => onChoose(filter.criterion)}>
                {plain(filter.name)}
              </DropdownItem>
            ))}
          </DropdownItemGroup>
        )}
        <DropdownItemGroup title="To begin with">
          {READY.map((filter) => (
            <DropdownItem key={filter.name} description={filter.criterion} onClick={() => onChoose(filter.criterion)}>
              {filter.name}
            </DropdownItem>
          ))}
        </DropdownItemGroup>
        <DropdownItemGroup hasSeparator>
          {current ? (
            <DropdownItem
              onClick={() => {
                filters.forget(current.name);
                raiseFlag({ kind: 'told', title: `The filter ${plain(current.name)} is no longer kept` });
              }}
            >
              Forget “{plain(current.name)}”
            </DropdownItem>
          ) : (
            <DropdownItem isDisabled={value.trim() === ''} onClick={() => setIsKeeping(true)}>
              Keep this one…
            </DropdownItem>
          )}
        </DropdownItemGroup>
      </DropdownMenu>
      <KeepFilterDialog
        isOpen={isKeeping}
        taken={filters.list.map((filter) => filter.name)}
        onClose={() => setIsKeeping(false)}
        onKeep={(name) => {
          const isKept = filters.keep({ name, criterion: value });
          setIsKeeping(false);
          raiseFlag(isKept ? { kind: 'done', title: `Kept as “${plain(name)}”`, description: 'In this browser. To share it, send the address of the page.' } : { kind: 'failed', title: 'This browser keeps nothing', description: 'Its settings forbid it; send yourself the address of the page instead.' });
        }}
      />
    </>
  );
}

