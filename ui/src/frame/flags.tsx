// Short messages in the corner, read aloud: what was done, what failed elsewhere. Anything that must be read stays until it is closed.
import Flag, { AutoDismissFlag, FlagGroup } from '@atlaskit/flag';
import CheckCircleIcon from '@atlaskit/icon/core/status-success';
import ErrorIcon from '@atlaskit/icon/core/status-error';
import InformationIcon from '@atlaskit/icon/core/status-information';
import { token } from '@atlaskit/tokens';
import { changeFlags, useFlags } from './flag-list';

const ICONS = {
  done: <CheckCircleIcon label="Done" color={token('color.icon.success')} />,
  told: <InformationIcon label="Note" color={token('color.icon.information')} />,
  failed: <ErrorIcon label="Failed" color={token('color.icon.danger')} />,
};

export default function Flags() {
  const flags = useFlags();
  return (
    <section aria-label="Messages">
      <FlagGroup onDismissed={(id) => changeFlags(flags.filter((flag) => flag.id !== id))} label="Messages" shouldRenderToParent>
        {flags.map(({ id, kind, title, description, actions }) => {
          const Shown = kind === 'failed' ? Flag : AutoDismissFlag;
          return <Shown key={id} id={id} icon={ICONS[kind]} title={title} {...(description ? { description } : {})} {...(actions ? { actions } : {})} />;
        })}
      </FlagGroup>
    </section>
  );
}
