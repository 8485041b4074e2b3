import { PreText } from '@/parts/pre-text';
import { type PolicyDocument, toYaml } from './document';

export function PolicyYaml({ document }: { document: PolicyDocument }) {
  return <PreText text={toYaml(document)} label="The policy as YAML" />;
}
