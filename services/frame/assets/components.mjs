// The parts of Tabler that pages may use; the rest is left out of ../static/vendor/tabler.css.
// A page that needs another part names it here and runs `make assets`.
const classes = `
  alert alert-danger alert-info alert-success alert-title alert-warning
  badge
  btn btn-ghost-secondary btn-icon btn-link btn-outline-primary btn-outline-secondary btn-primary btn-sm
  card card-actions card-body card-footer card-header card-sm card-subtitle card-table card-title
  container-xl
  datagrid datagrid-content datagrid-item datagrid-title
  empty empty-action empty-subtitle empty-title
  form-check form-check-input form-check-label form-control form-fieldset form-hint form-label form-select
  form-selectgroup form-selectgroup-input form-selectgroup-item form-selectgroup-label
  page page-body page-header page-pretitle page-title page-wrapper
  row row-cards row-deck col col-12 col-auto col-lg-4 col-lg-5 col-lg-7 col-lg-8 col-md-4 col-md-6 col-sm-6
  status status-dot
  subheader table table-responsive table-sm table-vcenter visually-hidden
`;
const utilities = [
  /^[mp][tbsexy]?-[0-5]$/, /^g(ap)?-[0-5]$/, /^ms-auto$/, /^d-(none|block|flex|grid)$/, /^flex-(fill|wrap|column)$/,
  /^align-items-(start|center|end)$/, /^justify-content-between$/, /^h[1-4]$/, /^w-100$/, /^fw-bold$/,
  /^text-(secondary|end|nowrap|reset|danger|decoration-none)$/,
  /^(bg|text)-(red|orange|green|blue|secondary)-lt(-fg)?$/,
];
const elements = `
  :root * html body main header footer nav section article a b strong small p h1 h2 h3 h4 hr ul ol li dl dt dd table thead
  tbody tr td th caption button input select option textarea label fieldset legend form details summary blockquote time svg
`;
const exactly = (names) => new RegExp(`^(${names.trim().split(/\s+/).map((one) => one.replace("*", "\\*")).join("|")})$`);

export const components = [exactly(elements), exactly(classes), ...utilities];
