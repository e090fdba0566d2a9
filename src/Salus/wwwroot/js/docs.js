(function () {
  var el = document.getElementById("docs");
  if (window.SwaggerUIBundle) SwaggerUIBundle({ url: el.dataset.schema, domNode: el, deepLinking: true, validatorUrl: null });
  else Redoc.init(el.dataset.schema, { disableSearch: true, hideDownloadButton: false, scrollYOffset: 0 }, el);
})();
