// The one thing that the verdict's page needs JavaScript for.
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
