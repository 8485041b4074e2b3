declare module 'virtual:atlaskit-theme.css';
