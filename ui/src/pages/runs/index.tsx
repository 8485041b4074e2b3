import { Route, Routes } from 'react-router';
import { NotFound } from '@/frame/not-found';
import { RunList } from './run-list';
import { RunPage } from './run-page';

export default function Runs() {
  return (
    <Routes>
      <Route index element={<RunList />} />
      <Route path=":id" element={<RunPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
