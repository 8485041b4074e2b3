// Tabs of which the address says which one is shown: `?tab=`. Without it: the first that has something.
import Tabs, { Tab, TabList, TabPanel } from '@atlaskit/tabs';
import { type ReactNode, useId } from 'react';
import { useAddress } from '@/frame/use-address';
import { number } from './numbers';
import styles from './address-tabs.module.css';

export interface AddressTab {
  id: string;
  title: string;
  /** How many it has, where that is known. */
  count?: number | undefined;
  content: ReactNode;
}

export function AddressTabs({ label, tabs, name = 'tab' }: { label: string; tabs: readonly AddressTab[]; name?: string }) {
  const id = useId();
  const [tab, setTab] = useAddress(name);
  const usual = Math.max(
    0,
    tabs.findIndex(({ count }) => count !== 0),
  );
  const named = tabs.findIndex((one) => one.id === tab);
  const at = named < 0 ? usual : named;
  return (
    <section aria-label={label} className={styles.tabs}>
      <Tabs id={id} selected={at} shouldUnmountTabPanelOnChange onChange={(index) => setTab(index === usual ? undefined : tabs[index]?.id)}>
        <TabList>
          {tabs.map(({ id: key, title, count }) => (
            <Tab key={key}>{count === undefined ? title : `${title} (${number(count)})`}</Tab>
          ))}
        </TabList>
        {tabs.map(({ id: key, content }) => (
          <TabPanel key={key}>
            <div className={styles.panel}>{content}</div>
          </TabPanel>
        ))}
      </Tabs>
    </section>
  );
}
