// What products, actions and directories are called on the pages.
const PRODUCTS: Record<string, string> = { 'confluence-dc': 'Confluence Data Center', 'confluence-cloud': 'Confluence Cloud' };

export const productOf = (kind: string): string => PRODUCTS[kind] ?? kind;

const ACTIONS: Record<string, string> = {
  disable: 'Disable accounts',
  enable: 'Enable accounts',
  delete: 'Delete accounts',
  'add-groups': 'Add to groups',
  'remove-groups': 'Remove from groups',
  'remove-licence-groups': 'Remove from every group that gives a seat',
  'change-directory': 'Move to another directory',
  'reset-password': 'Reset passwords',
  notify: 'Write to the owner of an account',
  suspend: 'Suspend accounts (Cloud)',
  restore: 'Restore accounts (Cloud)',
  'remove-from-directory': 'Remove from the directory (Cloud)',
};

export const actionWords = (action: string): string => ACTIONS[action] ?? action;
