// Who may sign in to Rollcall, and as what.
import { Route, Routes } from 'react-router';
import { OperatorList } from './operator-list';
import { OperatorPage } from './operator-page';

export default function Operators() {
  return (
    <Routes>
      <Route index element={<OperatorList />} />
      <Route path=":operator" element={<OperatorPage />} />
    </Routes>
  );
}
