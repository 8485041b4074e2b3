import { plain } from '@/parts/hostile-text';
import { type PolicyDocument, toYaml } from './document';
import styles from './policies.module.css';

export function PolicyYaml({ document }: { document: PolicyDocument }) {
  const lines = toYaml(document).split('\n');
  return (
    <pre className={styles.yaml} tabIndex={0} aria-label="The policy as YAML">
      <bdi>{lines.map(plain).join('\n')}</bdi>
    </pre>
  );
}
