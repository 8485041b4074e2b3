// A button that leads to another page of these, without loading them anew.
import { LinkButton } from '@atlaskit/button/new';
import type { ReactNode } from 'react';
import { useHref, useLinkClickHandler } from 'react-router';

interface PageButtonProps {
  to: string;
  appearance?: 'default' | 'primary' | 'subtle';
  children: ReactNode;
}

export function PageButton({ to, appearance = 'default', children }: PageButtonProps) {
  const href = useHref(to);
  const follow = useLinkClickHandler<HTMLAnchorElement>(to);
  return (
    <LinkButton href={href} appearance={appearance} onClick={follow}>
      {children}
    </LinkButton>
  );
}
