// Libraries insert style elements; the policy of the server lets only those in that carry the nonce of this page. Loaded before any of
// them.
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

if (nonce !== '' && nonce !== '__CSP_NONCE__') {
  Object.assign(globalThis, { __webpack_nonce__: nonce });
  const create = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  }) as typeof document.createElement;
}

export {};
