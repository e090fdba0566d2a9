// The API's two pages: Swagger UI to try calls, and a plain one to read and print. Both read the schema this program serves.
(function () {
  "use strict";
  var root = document.getElementById("docs");
  if (window.SwaggerUIBundle) { SwaggerUIBundle({ url: root.dataset.schema, domNode: root, deepLinking: true, validatorUrl: null }); return; }

  function add(parent, tag, text, css) {
    var el = document.createElement(tag);
    if (text) el.textContent = text;
    if (css) el.className = css;
    parent.appendChild(el);
    return el;
  }
  function named(schema) { return schema.$ref ? schema.$ref.split("/").pop() : ""; }
  function type(schema) {
    if (!schema) return "";
    if (schema.$ref) return named(schema);
    if (schema.oneOf) return schema.oneOf.map(type).join(" or ");
    if (schema.enum) return schema.enum.join(" | ");
    if (schema.items) return type(schema.items) + "[]";
    return [].concat(schema.type || "any").join(" or ") + (schema.format ? " (" + schema.format + ")" : "");
  }
  function table(parent, title, rows) {
    if (!rows.length) return;
    add(parent, "h4", title, "mt-3 mb-1");
    var box = add(parent, "div", "", "table-responsive"), body = add(add(box, "table", "", "table table-sm"), "tbody");
    rows.forEach(function (row) { var tr = add(body, "tr"); row.forEach(function (cell, i) { add(tr, i === 0 ? "th" : "td", cell); }); });
  }
  function fields(schemas, schema) {
    var full = schema && schema.$ref ? schemas[named(schema)] : schema;
    var needed = (full && full.required) || [];
    return Object.entries((full && full.properties) || {}).map(function (f) { return [f[0] + (needed.indexOf(f[0]) >= 0 ? " *" : ""), type(f[1]), f[1].description || ""]; });
  }
  function operation(parent, schemas, path, method, op) {
    var section = add(parent, "section", "", "card mb-3"), body = add(section, "div", "", "card-body");
    section.setAttribute("data-section-id", op.operationId || path);
    var head = add(body, "h3", "", "mb-1");
    add(head, "code", method.toUpperCase() + " " + path);
    add(body, "p", op.summary, "mb-1");
    add(body, "p", op.description, "text-secondary mb-1");
    table(body, "Parameters", (op.parameters || []).map(function (p) { return [p.name + (p.required ? " *" : ""), p.in, type(p.schema), p.description || ""]; }));
    var content = op.requestBody && op.requestBody.content && op.requestBody.content["application/json"];
    if (content) table(body, "Body", fields(schemas, content.schema));
    table(body, "Answers", Object.entries(op.responses || {}).map(function (r) {
      var json = r[1].content && r[1].content["application/json"];
      return [r[0], r[1].description || "", json ? type(json.schema) : ""];
    }));
  }

  fetch(root.dataset.schema).then(function (answer) { return answer.json(); }).then(function (api) {
    var page = add(root, "div", "", "container-tight py-4");
    add(page, "h1", api.info.title + " API " + api.info.version);
    add(page, "p", api.info.description.replace(/`/g, ""), "text-secondary");
    var schemas = (api.components && api.components.schemas) || {}, groups = {};
    Object.entries(api.paths).forEach(function (p) {
      Object.entries(p[1]).forEach(function (m) { if (m[1].responses) { var tag = (m[1].tags || ["Other"])[0]; (groups[tag] = groups[tag] || []).push([p[0], m[0], m[1]]); } });
    });
    Object.keys(groups).forEach(function (tag) {
      add(page, "h2", tag, "mt-4");
      groups[tag].forEach(function (o) { operation(page, schemas, o[0], o[1], o[2]); });
    });
    add(page, "h2", "Shapes", "mt-4");
    Object.keys(schemas).forEach(function (name) {
      var card = add(add(page, "section", "", "card mb-3"), "div", "", "card-body");
      add(card, "h3", name, "mb-1");
      table(card, "Fields", fields(schemas, schemas[name]));
    });
  });
})();
