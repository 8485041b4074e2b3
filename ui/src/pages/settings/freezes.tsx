export default function Freezes() { return null; }
