// What a mail says, as a mail program shows it and as plain text.
import Tabs, { Tab, TabList, TabPanel } from '@atlaskit/tabs';
import styles from './mail-body.module.css';
import { MailHtml } from './mail-html';
import { PreText } from './pre-text';

interface MailBodyProps {
  /** Of its tabs. */
  id: string;
  text: string;
  /** Empty: it has none. */
  html: string;
}

export function MailBody({ id, text, html }: MailBodyProps) {
  const plain = <PreText text={text} label="Text of the mail" />;
  if (html === '') return plain;
  return (
    <Tabs id={id}>
      <TabList>
        <Tab>As HTML</Tab>
        <Tab>As text</Tab>
      </TabList>
      <TabPanel>
        <div className={styles.panel}>
          <MailHtml html={html} label="HTML of the mail" />
        </div>
      </TabPanel>
      <TabPanel>
        <div className={styles.panel}>{plain}</div>
      </TabPanel>
    </Tabs>
  );
}
