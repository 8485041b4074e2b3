import { Route, Routes } from 'react-router';
import { NotFound } from '@/frame/not-found';
import { PlanList } from './plan-list';
import { PlanPage } from './plan-page';

export default function Plans() {
  return (
    <Routes>
      <Route index element={<PlanList />} />
      <Route path=":id" element={<PlanPage />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}
