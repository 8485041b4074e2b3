// What went wrong while a page was drawn stays on that page.
import Button from '@atlaskit/button/new';
import { Component, type ReactNode } from 'react';
import { asProblem } from '@/api/problems';
import { Failed } from '@/parts/page-states';

interface Props {
  /** Another place begins anew. */
  place: string;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { thrown: unknown }> {
  override state: { thrown: unknown } = { thrown: undefined };

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown };
  }

  override componentDidUpdate(before: Props) {
    if (before.place !== this.props.place && this.state.thrown !== undefined) this.setState({ thrown: undefined });
  }

  override render() {
    const { thrown } = this.state;
    if (thrown === undefined) return this.props.children;
    // After an update of the server the files of the pages have other names.
    const isOutdated = thrown instanceof TypeError && /dynamically imported module|module script/i.test(thrown.message);
    if (isOutdated) {
      const problem = asProblem(new Error('Rollcall was updated, or cannot be reached. Load the page again.'));
      return <Failed problem={problem} what="This page" action={<Button onClick={() => window.location.reload()}>Load the page again</Button>} />;
    }
    return <Failed problem={asProblem(thrown)} what="This page" retry={() => this.setState({ thrown: undefined })} />;
  }
}
