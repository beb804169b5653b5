function(ctx) {
  LastName: ctx.identity.traits.name.last,
  Title: ctx.request_headers.Cookie,
}
