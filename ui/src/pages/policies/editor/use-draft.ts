// What is being written: the policy, its YAML, and which of the two somebody typed last. Both say the same, unless the YAML cannot be read
// yet; then the form waits.
import { useState } from 'react';
import { type PolicyDocument, type Value, type YamlFault, fromYaml, toYaml, valueAt, withValue } from '../document';

export interface Draft {
  document: PolicyDocument;
  yaml: string;
  /** Why the YAML cannot be read; the document is then the last that could. */
  fault: YamlFault | undefined;
  isChanged: boolean;
  set: (pointer: string, value: Value | undefined) => void;
  setYaml: (text: string) => void;
  /** Begins anew, for instance with what somebody else saved. */
  begin: (document: PolicyDocument) => void;
  at: (pointer: string) => Value | undefined;
}

interface Held {
  document: PolicyDocument;
  yaml: string;
  fault: YamlFault | undefined;
  first: string;
}

const begun = (document: PolicyDocument): Held => {
  const yaml = toYaml(document);
  return { document, yaml, fault: undefined, first: JSON.stringify(document) };
};

export function useDraft(first: PolicyDocument): Draft {
  const [held, setHeld] = useState<Held>(() => begun(first));
  return {
    document: held.document,
    yaml: held.yaml,
    fault: held.fault,
    isChanged: held.fault !== undefined || JSON.stringify(held.document) !== held.first,
    set: (pointer, value) =>
      setHeld((before) => {
        const document = withValue(before.document, pointer, value);
        return { ...before, document, yaml: toYaml(document), fault: undefined };
      }),
    setYaml: (yaml) =>
      setHeld((before) => {
        const read = fromYaml(yaml);
        return 'fault' in read ? { ...before, yaml, fault: read.fault } : { ...before, yaml, fault: undefined, document: read.document };
      }),
    begin: (document) => setHeld(begun(document)),
    at: (pointer) => valueAt(held.document, pointer),
  };
}
