// Shows the portal's own document. The token that one enters stays in this page; nothing is sent to a validator.
SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#operations", validatorUrl: null, docExpansion: "list" });
