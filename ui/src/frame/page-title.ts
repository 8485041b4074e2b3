import { useEffect } from 'react';

/** The title of the window, as `Users – Rollcall`. Screen readers read it when the route changes. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} – Rollcall`;
  }, [title]);
}
